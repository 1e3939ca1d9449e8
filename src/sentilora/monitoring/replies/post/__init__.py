"""How approved replies leave: claimed, sent, marked, and sent again until they arrived.

Door: ``ReplyCourier`` in reply_courier.py; ``open_target()`` in reply_targets.py says where to.
"""
