"""Who contributes what, under which consent; who was consulted and what was decided; who answers to whom.

Everything here records and answers. Nothing here acts: no function reaches beyond its arguments and its result.
"""
