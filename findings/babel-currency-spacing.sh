#!/usr/bin/env bash
# Babel 2.19.0 writes an amount in a currency that has letters for a sign without a space before the number. CLDR asks
# for one (currencySpacing, https://www.unicode.org/reports/tr35/tr35-numbers.html), and every browser writes it.
# Seen: 'DKK5.50', where Intl.NumberFormat has 'DKK', U+00A0, '5.50'.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check babel==2.19.0
"$folder/env/bin/python" - <<'PYTHON'
from importlib.metadata import version

from babel.numbers import format_currency

shown = [format_currency(5.5, code, locale="en") for code in ("DKK", "CHF", "GBP")]
print(version("babel"), shown)
assert shown == ["DKK5.50", "CHF5.50", "£5.50"]
PYTHON
