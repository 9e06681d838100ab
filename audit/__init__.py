"""Known vulnerabilities of the packages that the lock files pin: `make audit`."""
