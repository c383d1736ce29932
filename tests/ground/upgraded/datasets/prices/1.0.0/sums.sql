SELECT sum(price) AS total, sum(share) AS shares, sum(price) / 7 AS seventh, CAST(2.50 AS DECIMAL(9, 2)) AS fixed FROM t
