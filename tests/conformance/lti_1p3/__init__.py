"""LTI Advantage Conformance Certification Guide 1.3, the part for tools."""
