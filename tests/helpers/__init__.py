"""What tests share: data, models, stand-ins and processes. Fixtures are in conftest.py files."""
