"""What goes over the wire: bodies, responses, refusals, and their description in OpenAPI."""
