WITH kinds(kind_code, kind, kind_en) AS (
    VALUES ('subdistrict', '街道', 'subdistricts'), ('town', '镇', 'towns'),
        ('township', '乡', 'townships'), ('other', '类似乡级单位', 'other units')
)
SELECT
    k.kind_code, k.kind, k.kind_en,
    count(*) AS townships,
    round(100.0 * count(*) / sum(count(*)) OVER (), 1) AS share
FROM townships AS t JOIN kinds AS k ON k.kind_code = t.kind
GROUP BY k.kind_code, k.kind, k.kind_en
ORDER BY townships DESC
