SELECT 'townships' AS resource, code AS key, 'kind' AS field, kind AS given, expected
FROM (
    SELECT code, kind,
        CASE substr(code, 7, 1)
            WHEN '0' THEN 'subdistrict'
            WHEN '1' THEN 'town'
            WHEN '2' THEN 'township'
            WHEN '3' THEN 'township'
            ELSE 'other'
        END AS expected
    FROM townships
)
WHERE kind <> expected
ORDER BY key
