"""What is done while a server of somebody else, a storage or a mail server does not answer."""
