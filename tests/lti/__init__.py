"""The LTI protocol: a unit per rule, tokens signed by a test key, servers on loopback."""
