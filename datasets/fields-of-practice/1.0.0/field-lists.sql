SELECT
    list AS list_code,
    CASE list WHEN 'at-work' THEN '现有领域' ELSE '拟加快发展' END AS list,
    CASE list WHEN 'at-work' THEN 'At work' ELSE 'To grow' END AS list_en,
    position,
    field,
    name,
    name_en
FROM fields
ORDER BY list_code, position
