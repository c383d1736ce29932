"""A publication in which cells are empty for several reasons. Places, numbers and substances are made up."""

from __future__ import annotations

from pathlib import Path

FILES = {
    "datasets/catalog.yaml": """
name: gaps
title: 空格
title@en: Gaps
description: 说明空格原因的数据。
description@en: Data that say why cells are empty.
tagline: 空格也有原因。
tagline@en: An empty cell has a reason.
publisher: {title: 测试者, title@en: The testers}
baseUrl: https://gaps.example.org/
languages: [zh, en]
licenses: [{name: CC-BY-4.0, path: "https://creativecommons.org/licenses/by/4.0/"}]
themes: [{name: land, title: 土地, title@en: Land}]
""",
    "schemas/stations.v1.yaml": """
fields:
  - {name: code, type: string, title: 代码, title@en: Code, constraints: {required: true}}
  - {name: name, type: string, title: 名称, title@en: Name, role: label}
  - {name: name_en, type: string, title: 英文名称, title@en: English name, role: label@en}
  - {name: stations, type: integer, title: 站点数, title@en: Stations, unit: 个, unit@en: stations}
  - {name: stations_status, type: string, title: 备注, title@en: Remark, missingValues: [""]}
  - name: workers
    type: integer
    title: 人员数
    title@en: Workers
    missingValues: [{value: "", label: 未到期, label@en: not yet due}, "n/a"]
missingValues:
  - ""
  - {value: "-", label: 未采集, label@en: not collected}
  - {value: "..", label: 不予公布, label@en: suppressed}
primaryKey: [code]
""",
    "schemas/samples.v1.yaml": """
fields:
  - {name: day, type: date, title: 日期, title@en: Day}
  - name: lead
    type: number
    title: 铅
    title@en: Lead
    unit: µg/L
    boundField: lead_bound
    missingValues: ["", {value: x, label: 样品破损, label@en: sample broken}]
  - {name: lead_bound, type: string, title: 铅的把握, title@en: Bound of lead}
  - {name: zinc, type: number, title: 锌, title@en: Zinc, unit: µg/L, boundField: zinc_bound}
  - {name: zinc_bound, type: string, title: 锌的把握, title@en: Bound of zinc}
""",
    "datasets/stations/1.0.0/stations.csv": """code,name,name_en,stations,stations_status,workers
A03,丙县,Cheston,-,,12
A01,甲县,Alton,10,,20
A02,乙县,Barton,..,checked,
A04,丁县,Denby,4,,n/a
A05,戊县,Elmton,-,,7
""",
    "datasets/stations/1.0.0/samples.csv": """day,lead,lead_bound,zinc,zinc_bound
2026-03-01,0.5,less_than,3.2,exact
2026-03-02,x,,100,more_than
2026-03-03,1.5,exact,4.1,exact
""",
    "datasets/stations/1.0.0/total.sql": "SELECT sum(stations) AS stations FROM stations\n",
    "datasets/stations/1.0.0/by-area.sql": """
SELECT name, name_en, stations FROM stations ORDER BY code
""",
    "datasets/stations/1.0.0/datapackage.yaml": """
name: stations
version: 1.0.0
title: 站点
title@en: Stations
description: 各县站点数。
description@en: Stations in each county.
languages: [zh, en]
themes: [land]
sources: [{title: 登记簿, title@en: Register}]
statusColumns: true
formats: [default, csvw, ndjson]
resources:
  - {name: stations, path: stations.csv, title: 站点, title@en: Stations, schema: stations.v1}
  - {name: samples, path: samples.csv, title: 样品, title@en: Samples, schema: samples.v1}
summaries:
  - name: total
    title: 共有 {stations} 个站点
    title@en: "{stations} stations in all"
    query: total.sql
    fields: [{name: stations, type: integer, title: 站点数, title@en: Stations}]
  - name: by-area
    title: 各县站点数
    title@en: Stations by county
    query: by-area.sql
    fields:
      - {name: name, type: string, title: 名称, title@en: Name, role: label}
      - {name: name_en, type: string, title: 英文名称, title@en: English name, role: label@en}
      - {name: stations, type: integer, title: 站点数, title@en: Stations}
    chart: {mark: bar, encoding: {y: {field: name, type: nominal}, x: {field: stations, type: quantitative}}}
""",
}


def write_story(root: Path, **changed: str) -> Path:
    """The publication in the folder `root`, some of its files with another content, by the end of their path."""
    for path, content in FILES.items():
        name = path.rpartition("/")[2]
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(changed.get(name, content).lstrip("\n"), "utf-8")
    return root
