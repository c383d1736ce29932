SELECT count(*) AS sources, count(*) FILTER (WHERE kind = 'newspaper-article') AS articles
FROM sources
