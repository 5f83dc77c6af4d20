"""Use cases: one file, one public function of the same name, its own transactions."""
