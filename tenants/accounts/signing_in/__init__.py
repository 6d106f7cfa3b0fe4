"""How people prove who they are: code by e-mail, passkey, authenticator app; sessions, known devices.

Receives a browser and an address; gives a session that says what was proven in it, and when.
"""
