resource "google_kms_key_ring" "app-keyring" {
  project  = var.project_id
  name     = var.name
  location = "global"

  lifecycle {
    prevent_destroy = true
  }
}

# octo-sts's, from the time of one App. Without a version it costs nothing, and a deployment that has it keeps it.
resource "google_kms_crypto_key" "app-key" {
  name     = "app-signing-key"
  key_ring = google_kms_key_ring.app-keyring.id
  purpose  = "ASYMMETRIC_SIGN"

  version_template {
    algorithm = "RSA_SIGN_PKCS1_2048_SHA256"
  }

  import_only                   = true
  skip_initial_version_creation = true

  lifecycle {
    prevent_destroy = true
  }
}

# One for each App, also before its key is imported: it is what the import goes into.
resource "google_kms_crypto_key" "app-keys" {
  for_each = toset([for app_id in concat(var.github_apps[*].app_id, var.unserved_apps) : tostring(app_id)])

  name     = "app-signing-key-${each.key}"
  key_ring = google_kms_key_ring.app-keyring.id
  purpose  = "ASYMMETRIC_SIGN"

  version_template {
    algorithm = "RSA_SIGN_PKCS1_2048_SHA256"
  }

  import_only                   = true
  skip_initial_version_creation = true

  lifecycle {
    prevent_destroy = true
  }
}

# Signing, and nothing else: neither account can read, make or change a key.
resource "google_kms_key_ring_iam_binding" "signer-members" {
  key_ring_id = google_kms_key_ring.app-keyring.id
  role        = "roles/cloudkms.signer"
  members     = [for email in values(local.programs) : "serviceAccount:${email}"]
}
