"""Evidence: where it is read (sources), kept (ledger), and thought about (analysis)."""
