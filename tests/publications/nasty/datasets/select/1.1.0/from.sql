SELECT "say ""x""" AS label, count(*) AS n
FROM "table"
WHERE "say ""x""" IS NOT NULL
GROUP BY "say ""x"""
ORDER BY label
