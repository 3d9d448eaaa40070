resource "google_bigquery_dataset" "this" {
  project     = var.project_id
  dataset_id  = replace(var.name, "-", "_")
  location    = var.location
  description = "Exchanges of github-sts"
}

resource "google_bigquery_table" "exchanges" {
  project             = var.project_id
  dataset_id          = google_bigquery_dataset.this.dataset_id
  table_id            = "exchanges"
  description         = "One row for each record; a message may come twice, with the same request_id and code."
  schema              = file("${path.module}/exchange.schema.json")
  deletion_protection = var.deletion_protection
  clustering          = ["scope", "identity"]

  time_partitioning {
    type          = "DAY"
    field         = "time"
    expiration_ms = var.retention_days * 24 * 60 * 60 * 1000
  }
}

resource "google_bigquery_table_iam_member" "pubsub" {
  for_each = toset(["roles/bigquery.dataEditor", "roles/bigquery.metadataViewer"])

  project    = var.project_id
  dataset_id = google_bigquery_dataset.this.dataset_id
  table_id   = google_bigquery_table.exchanges.table_id
  role       = each.value
  member     = local.pubsub_agent
}

locals {
  views = {
    errors_by_installations = <<-SQL
      SELECT
        installation_id,
        SPLIT(scope, '/')[OFFSET(0)] AS org,
        TIMESTAMP_TRUNC(time, DAY) AS day,
        COUNTIF(code != 'OK') / COUNT(*) * 100 AS error_rate,
        COUNT(*) AS volume
      FROM `${local.table}`
      GROUP BY installation_id, org, day
    SQL
    errors_by_subject       = <<-SQL
      SELECT
        actor.sub AS subject,
        TIMESTAMP_TRUNC(time, DAY) AS day,
        COUNTIF(code != 'OK') / COUNT(*) * 100 AS error_rate,
        COUNT(*) AS volume
      FROM `${local.table}`
      GROUP BY subject, day
    SQL
    errors_by_reason        = <<-SQL
      SELECT
        code,
        reason,
        scope,
        identity,
        TIMESTAMP_TRUNC(time, DAY) AS day,
        COUNT(*) AS volume
      FROM `${local.table}`
      WHERE code != 'OK'
      GROUP BY code, reason, scope, identity, day
    SQL
  }
}

resource "google_bigquery_table" "view" {
  for_each = local.views

  project             = var.project_id
  dataset_id          = google_bigquery_dataset.this.dataset_id
  table_id            = each.key
  deletion_protection = false

  view {
    query          = each.value
    use_legacy_sql = false
  }
}
