"""`python -m hkpost COMMAND`: what operations do with a warehouse, without Airflow and without a clone."""

import os
import sys

from hkpost.commands.main import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
