#!/usr/bin/env bash
# vl-convert 1.9.0.post1 draws an Arabic text whose first font lacks its letters with another font that has them. If the text
# also has a sign that this other font lacks, such as ≥, which the first one has, all Arabic letters become empty boxes.
# Seen: the text with the sign is the same picture as one in Syriac, which neither font has.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check \
  vl-convert-python==1.9.0.post1 pylopdf-fonts-zh-cn==0.1.1 pylopdf-fonts-ar==0.1.1
cd "$folder"
"$folder/env/bin/python" - <<'PYTHON'
import importlib.util
import os
from pathlib import Path

folders = [Path(importlib.util.find_spec(name).origin).parent for name in ("pylopdf_fonts_zh_cn", "pylopdf_fonts_ar")]
settings = "".join(f"<dir>{folder}</dir>" for folder in folders)
Path("fonts.conf").write_text(f'<?xml version="1.0"?><fontconfig>{settings}</fontconfig>')
os.environ["FONTCONFIG_FILE"] = str(Path("fonts.conf").resolve())
import vl_convert

for folder in folders:
    vl_convert.register_font_directory(str(folder))


def picture(text, font="Noto Sans SC"):
    place = f'<text x="300" y="40" text-anchor="end" font-size="24px" font-family="{font}">{text}</text>'
    return vl_convert.svg_to_png(f'<svg xmlns="http://www.w3.org/2000/svg" width="320" height="60">{place}</svg>')


arabic, syriac = "قرى", "ܐܒܓ"
print(vl_convert.__version__, "with a sign, Arabic is drawn as Syriac is:", picture(f"≥ {arabic}") == picture(f"≥ {syriac}"))
assert picture(arabic) == picture(arabic, "Noto Sans Arabic")
assert picture(arabic) != picture(syriac)
assert picture(f"≥ {arabic}") == picture(f"≥ {syriac}")
PYTHON
