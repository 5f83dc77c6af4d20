"""The LTI 1.3 protocol: values in, values out; no Flask, no SQL."""
