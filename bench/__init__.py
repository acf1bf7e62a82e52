"""The benchmarks: what this pipeline does in a second, beside floors and peers measured in the same run."""
