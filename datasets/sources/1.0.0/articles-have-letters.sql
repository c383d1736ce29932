SELECT 'sources' AS resource, id AS key, 'article' AS field, article AS given
FROM sources
WHERE (kind = 'newspaper-article') <> (article IS NOT NULL)
ORDER BY id
