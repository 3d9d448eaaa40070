locals {
  # By service, whose names the resources have: another domain of a service replaces what is about the domain alone.
  domains = { for domain, service in var.services : service => domain }

  # Every service in every region.
  backends = {
    for pair in setproduct(values(var.services), var.regions) : "${pair[0]} ${pair[1]}" => {
      service = pair[0]
      region  = pair[1]
    }
  }
  has_services = length(var.services) > 0
}

resource "google_compute_region_network_endpoint_group" "this" {
  for_each = local.backends

  project               = var.project_id
  name                  = each.value.service
  region                = each.value.region
  network_endpoint_type = "SERVERLESS"

  cloud_run {
    service = each.value.service
  }
}

resource "google_compute_backend_service" "this" {
  for_each = local.domains

  project               = var.project_id
  name                  = each.key
  load_balancing_scheme = "EXTERNAL_MANAGED"
  security_policy       = var.security_policy == "" ? null : var.security_policy

  dynamic "backend" {
    for_each = var.regions
    content {
      group = google_compute_region_network_endpoint_group.this["${each.key} ${backend.value}"].id
    }
  }
}

resource "google_compute_url_map" "this" {
  count = local.has_services ? 1 : 0

  project = var.project_id
  name    = var.name

  # A name that is not ours gets nothing of ours.
  default_url_redirect {
    host_redirect  = keys(var.services)[0]
    https_redirect = true
    strip_query    = true
  }

  dynamic "host_rule" {
    for_each = var.services
    content {
      hosts        = [host_rule.key]
      path_matcher = host_rule.value
    }
  }

  dynamic "path_matcher" {
    for_each = var.services
    content {
      name            = path_matcher.value
      default_service = google_compute_backend_service.this[path_matcher.value].id
    }
  }
}

resource "google_compute_ssl_policy" "this" {
  count = local.has_services ? 1 : 0

  project         = var.project_id
  name            = var.name
  profile         = "MODERN"
  min_tls_version = "TLS_1_2"
}

resource "google_compute_target_https_proxy" "this" {
  count = local.has_services ? 1 : 0

  project         = var.project_id
  name            = var.name
  url_map         = google_compute_url_map.this[0].id
  ssl_policy      = google_compute_ssl_policy.this[0].id
  certificate_map = "//certificatemanager.googleapis.com/${google_certificate_manager_certificate_map.this[0].id}"
}

resource "google_compute_global_address" "this" {
  for_each = local.has_services ? toset(["IPV4", "IPV6"]) : []

  project    = var.project_id
  name       = "${var.name}-${lower(each.key)}"
  ip_version = each.key
}

resource "google_compute_global_forwarding_rule" "https" {
  for_each = google_compute_global_address.this

  project               = var.project_id
  name                  = "${var.name}-https-${lower(each.key)}"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  ip_protocol           = "TCP"
  ip_address            = each.value.id
  port_range            = "443"
  target                = google_compute_target_https_proxy.this[0].id
}

# Plain http is answered with the way to https, and with nothing else.
resource "google_compute_url_map" "redirect" {
  count = local.has_services ? 1 : 0

  project = var.project_id
  name    = "${var.name}-redirect"

  default_url_redirect {
    https_redirect         = true
    redirect_response_code = "PERMANENT_REDIRECT"
    strip_query            = true
  }
}

resource "google_compute_target_http_proxy" "redirect" {
  count = local.has_services ? 1 : 0

  project = var.project_id
  name    = "${var.name}-redirect"
  url_map = google_compute_url_map.redirect[0].id
}

resource "google_compute_global_forwarding_rule" "redirect" {
  for_each = google_compute_global_address.this

  project               = var.project_id
  name                  = "${var.name}-redirect-${lower(each.key)}"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  ip_protocol           = "TCP"
  ip_address            = each.value.id
  port_range            = "80"
  target                = google_compute_target_http_proxy.redirect[0].id
}
