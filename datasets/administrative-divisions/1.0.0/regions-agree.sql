WITH levels AS (
    SELECT code, 'province' AS level, name, name_en, 'CN' AS parent FROM provinces
    UNION ALL
    SELECT code, 'prefecture', name, NULL, province_code FROM prefectures
    UNION ALL
    SELECT code, 'county', name, NULL, prefecture_code FROM counties
)
SELECT
    'regions' AS resource,
    coalesce(r.code, l.code) AS key,
    CASE
        WHEN r.code IS NULL THEN 'missing here'
        WHEN l.code IS NULL THEN 'not in its level'
        ELSE 'differs'
    END AS finding
FROM (SELECT * FROM regions WHERE level <> 'country') AS r
FULL JOIN levels AS l ON l.code = r.code
WHERE r.code IS NULL OR l.code IS NULL
    OR r.level <> l.level OR r.name <> l.name OR r.parent <> l.parent
    OR (l.level = 'province' AND r.name_en IS DISTINCT FROM l.name_en)
ORDER BY key
