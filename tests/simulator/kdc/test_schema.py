from typing import Any

import pytest
from exchange_placeholder import X
