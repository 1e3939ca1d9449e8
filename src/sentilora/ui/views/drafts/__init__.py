"""Page *Replies*: ``show()`` in replies_page.py; draft_card.py draws one draft with its buttons."""
