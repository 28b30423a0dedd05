"""Feeds: how what sensors send reaches the log. One file a transport; formats know nothing of them.

source      bytes come in (TCP, UDP, MQTT, files …)           sapient_gateway, lines, mqtt, sensorthings, …
queue       bounded: when it is full the source is not read   supervise
reader      bytes → observations and facts, or a reason       the transport's own, by a format
watch       sequence, clock, repetition                       watch
sink        durable before anything is answered               spool, or the store of a live service
quarantine  what could not be used, with the reason           spool; `truceline feed replay` tries it again
"""
