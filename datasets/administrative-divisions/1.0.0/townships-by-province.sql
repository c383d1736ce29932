WITH kinds(position, kind_code, kind, kind_en) AS (
    VALUES (1, 'subdistrict', '街道', 'subdistricts'), (2, 'town', '镇', 'towns'),
        (3, 'township', '乡', 'townships'), (4, 'other', '类似乡级单位', 'other units')
),
counted AS (
    SELECT province_code, kind AS kind_code, count(*) AS townships
    FROM townships
    GROUP BY province_code, kind
)
SELECT
    p.code AS province_code, p.short_name AS province, p.name_en AS province_en,
    k.kind_code, k.kind, k.kind_en,
    coalesce(c.townships, 0) AS townships,
    CAST(sum(coalesce(c.townships, 0)) OVER (PARTITION BY p.code) AS BIGINT) AS province_total
FROM provinces AS p
CROSS JOIN kinds AS k
LEFT JOIN counted AS c ON c.province_code = p.code AND c.kind_code = k.kind_code
ORDER BY province_total DESC, p.code, k.position
