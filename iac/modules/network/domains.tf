locals {
  makes_zone = var.dns_name != ""
  zone       = local.makes_zone ? google_dns_managed_zone.this[0].name : var.dns_zone
  has_zone   = local.makes_zone || var.dns_zone != ""

  # Known before the first apply, as the keys of a for_each have to be.
  address_records = {
    for pair in setproduct(keys(var.services), ["IPV4", "IPV6"]) : "${pair[0]} ${pair[1]}" => {
      domain  = pair[0]
      version = pair[1]
      type    = pair[1] == "IPV4" ? "A" : "AAAA"
    }
  }
}

resource "google_dns_managed_zone" "this" {
  count = local.makes_zone ? 1 : 0

  project     = var.project_id
  name        = replace(var.dns_name, ".", "-")
  dns_name    = "${var.dns_name}."
  description = "Domains of github-sts"

  dnssec_config {
    state = "on"
  }
}

resource "google_dns_record_set" "address" {
  for_each = local.has_zone ? local.address_records : {}

  project      = var.project_id
  managed_zone = local.zone
  name         = "${each.value.domain}."
  type         = each.value.type
  ttl          = 300
  rrdatas      = [google_compute_global_address.this[each.value.version].address]
}

# Proves to the certificate authority that the domain is ours, also before any traffic comes here.
resource "google_certificate_manager_dns_authorization" "this" {
  for_each = local.domains

  project = var.project_id
  name    = each.key
  domain  = each.value
}

resource "google_dns_record_set" "authorization" {
  for_each = local.has_zone ? local.domains : {}

  project      = var.project_id
  managed_zone = local.zone
  name         = google_certificate_manager_dns_authorization.this[each.key].dns_resource_record[0].name
  type         = google_certificate_manager_dns_authorization.this[each.key].dns_resource_record[0].type
  ttl          = 300
  rrdatas      = [google_certificate_manager_dns_authorization.this[each.key].dns_resource_record[0].data]
}

resource "google_certificate_manager_certificate" "this" {
  for_each = local.domains

  project = var.project_id
  name    = each.key

  managed {
    domains            = [each.value]
    dns_authorizations = [google_certificate_manager_dns_authorization.this[each.key].id]
  }
}

resource "google_certificate_manager_certificate_map" "this" {
  count = local.has_services ? 1 : 0

  project = var.project_id
  name    = var.name
}

resource "google_certificate_manager_certificate_map_entry" "this" {
  for_each = local.domains

  project      = var.project_id
  name         = each.key
  map          = google_certificate_manager_certificate_map.this[0].name
  hostname     = each.value
  certificates = [google_certificate_manager_certificate.this[each.key].id]
}
