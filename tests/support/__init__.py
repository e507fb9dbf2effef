"""What the tests share: real servers, fresh databases, factories and fakes."""
