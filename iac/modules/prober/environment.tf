locals {
  own_variables = ["AUTHORIZATION", "PROBER_ALLOW_ANONYMOUS", "PORT", "METRICS_PORT", "STS_DOMAIN", "PROBER_SCOPE", "PROBER_IDENTITY"]

  # As in settings, which has the list.
  secret_pattern = "(?is)(${join("|", jsondecode(file("${path.module}/../settings/secret-variables.json")))})"
}

resource "google_secret_manager_secret_iam_member" "secret-env" {
  for_each = {
    for pair in setproduct(keys(local.names), keys(var.secret_env)) : "${pair[0]} ${pair[1]}" => {
      prober = pair[0]
      secret = var.secret_env[pair[1]].secret
    }
  }

  project   = var.project_id
  secret_id = each.value.secret
  role      = "roles/secretmanager.secretAccessor"
  member    = "serviceAccount:${google_service_account.this[each.value.prober].email}"
}
