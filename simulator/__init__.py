"""The lab: receive connectors with an embedded KDC and declared faults, to test the probe and to teach the subject."""
