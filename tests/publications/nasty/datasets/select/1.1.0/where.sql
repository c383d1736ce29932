SELECT id, formula
FROM "table"
WHERE starts_with(formula, '=')
ORDER BY id
