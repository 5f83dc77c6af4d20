"""The practice LMS: what it admits, what it refuses, what it keeps."""
