"""The SMB2 service of a lab's Exchange servers, as far as the session set-up: no share can be opened."""
