"""What rules told: each alert opens once, is renewed, and ends, and who is to know is told.

Door: ``AlertBook`` in alert_book.py, which writes within the transaction of the texts that an alert
rests on; ``Courier`` in courier.py, which takes deliveries from the store and sends them by
Apprise, again and again until each target has it.
"""
