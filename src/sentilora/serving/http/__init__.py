"""What clients see: routes, shapes of requests and answers, limits, errors."""
