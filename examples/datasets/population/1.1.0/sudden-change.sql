SELECT later.ward, later.year, earlier.residents AS before, later.residents AS after
FROM population AS later
JOIN population AS earlier ON earlier.ward = later.ward AND earlier.year + 1 = later.year
WHERE abs(later.residents - earlier.residents) * 3 > earlier.residents
ORDER BY later.ward, later.year
