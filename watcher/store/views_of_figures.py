"""The views over figures, as the schema step of that name makes them. Frozen: a change is a new step.

Only figures of a known metric are compared, and those of one company are not. Equal facts of several articles
are one row with all their quotes. A cluster's series holds its members as well: 二级节点 of 重庆 in April, of
成渝地区 a year later.
"""

VIEWS = """
CREATE TABLE metrics (
    id TEXT PRIMARY KEY, label TEXT NOT NULL, steady INTEGER NOT NULL DEFAULT 0
) STRICT;
ALTER TABLE figures ADD COLUMN marks TEXT NOT NULL DEFAULT '[]';
ALTER TABLE figures ADD COLUMN also TEXT NOT NULL DEFAULT '[]';

CREATE VIEW figure_facts AS
    SELECT figures.metric, metrics.label, figures.region_code, regions.short_name AS region, figures.unit,
        figures.kind, figures.period_start, figures.period_end, min(figures.period_from) AS period_from,
        figures.value, figures.value_max, min(figures.approx) AS approx,
        count(DISTINCT figures.item_id) AS items, min(figures.item_id) AS item_id,
        group_concat(figures.quote, char(10)) AS quotes, max(figures.confidence) AS confidence,
        metrics.steady
    FROM figures JOIN metrics ON metrics.id = figures.metric
        LEFT JOIN regions ON regions.code = figures.region_code
    WHERE figures.organisation_id IS NULL AND figures.region_code IS NOT NULL
    GROUP BY figures.metric, figures.region_code, figures.unit, figures.kind, figures.period_start,
        figures.period_end, figures.value, figures.value_max;

CREATE VIEW figure_series AS
    WITH places (series_code, region_code) AS (
        SELECT code, code FROM regions UNION SELECT cluster_code, region_code FROM region_members),
    told AS (
        SELECT places.series_code, figure_facts.* FROM figure_facts
            JOIN places ON places.region_code = figure_facts.region_code
        WHERE EXISTS (SELECT 1 FROM figures AS own WHERE own.metric = figure_facts.metric
            AND own.region_code = places.series_code AND own.unit = figure_facts.unit
            AND (own.kind = 'growth') = (figure_facts.kind = 'growth'))),
    counted AS (
        SELECT *, count(*) OVER series AS facts, min(period_end) OVER series AS first_end,
            max(period_end) OVER series AS last_end
        FROM told WINDOW series AS (PARTITION BY metric, series_code, unit, kind = 'growth'))
    SELECT metric, label, series_code, regions.short_name AS series, region_code, region, unit, kind,
        period_start, period_end, period_from, value, value_max, approx, items, item_id, quotes, confidence
    FROM counted JOIN regions ON regions.code = series_code
    WHERE facts > 1 AND first_end != last_end
    ORDER BY metric, series_code, unit, kind = 'growth', period_end, value;

CREATE VIEW figure_conflicts AS
    SELECT a.metric, metrics.label, a.region_code, regions.short_name AS region, a.unit, a.kind,
        a.period_start, a.period_end, b.period_end AS other_period_end, a.value, a.approx,
        b.value AS other_value, b.approx AS other_approx, a.item_id, b.item_id AS other_item_id,
        a.quote, b.quote AS other_quote, min(a.confidence, b.confidence) AS confidence
    FROM figures AS a
        JOIN metrics ON metrics.id = a.metric
        JOIN figures AS b ON b.metric = a.metric AND b.region_code = a.region_code AND b.unit = a.unit
            AND b.kind = a.kind AND b.item_id != a.item_id AND b.value < a.value
            AND coalesce(b.base_period, '') = coalesce(a.base_period, '')
            AND ((b.period_start IS a.period_start AND b.period_end = a.period_end)
                OR (metrics.steady AND substr(b.period_end, 1, 4) = substr(a.period_end, 1, 4)))
        JOIN regions ON regions.code = a.region_code
    WHERE a.organisation_id IS NULL AND b.organisation_id IS NULL
        AND a.value > coalesce(b.value_max, b.value) * 1.005
        AND coalesce(a.approx, '') NOT IN ('<', '≈<')
        AND coalesce(b.approx, '') NOT IN ('>', '≥')
        AND NOT (coalesce(a.approx, '') || coalesce(b.approx, '') LIKE '%≈%' AND a.value < b.value * 1.1)
    ORDER BY a.metric, a.region_code, a.period_end
"""
