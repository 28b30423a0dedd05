"""Who may sign in and how: accounts, passkeys, an OpenID provider, one-time links of exercises, sessions."""
