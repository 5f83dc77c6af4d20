"""Mutation testing: does a test fail when the engine is made wrong in one small place?"""
