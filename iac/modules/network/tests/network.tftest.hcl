variables {
  project_id = "acme-sts"
  name       = "github-sts"
  regions    = ["europe-west1", "us-central1"]
  cidrs      = { europe-west1 = "10.0.0.0/24", us-central1 = "10.0.1.0/24" }
  services = {
    "sts.example.com"         = "github-sts"
    "webhook.sts.example.com" = "github-sts-webhook"
  }
}

run "makes_a_subnetwork_in_each_region" {
  command = plan
  assert {
    condition     = google_compute_subnetwork.this["europe-west1"].ip_cidr_range == "10.0.0.0/24" && google_compute_subnetwork.this["us-central1"].ip_cidr_range == "10.0.1.0/24"
    error_message = "Regions must not share addresses."
  }
}

run "uses_networks_that_are_there" {
  command = plan
  variables {
    networks = {
      europe-west1 = { network = "n", subnet = "e" }
      us-central1  = { network = "n", subnet = "u" }
    }
  }
  assert {
    condition     = length(google_compute_network.this) == 0 && output.regions["us-central1"].subnet == "u"
    error_message = "A network that is there must not be made again."
  }
}

run "leads_each_domain_to_its_service_in_every_region" {
  command = plan
  assert {
    condition     = length(google_compute_region_network_endpoint_group.this) == 4
    error_message = "Every service has to be reached in every region."
  }
  assert {
    condition = {
      for rule in google_compute_url_map.this[0].host_rule : join(",", rule.hosts) => rule.path_matcher
    } == { "sts.example.com" = "github-sts", "webhook.sts.example.com" = "github-sts-webhook" }
    error_message = "A domain has to lead to its own service."
  }
}

run "answers_plain_http_with_a_redirect_alone" {
  command = plan
  assert {
    condition     = google_compute_url_map.redirect[0].default_url_redirect[0].https_redirect && length(google_compute_url_map.redirect[0].host_rule) == 0
    error_message = "Tokens must not travel in the clear."
  }
  assert {
    condition     = alltrue([for rule in values(google_compute_global_forwarding_rule.https) : rule.port_range == "443"])
    error_message = "The services are behind TLS alone."
  }
  assert {
    condition     = google_compute_ssl_policy.this[0].min_tls_version == "TLS_1_2"
    error_message = "Older versions of TLS must not be spoken."
  }
}

run "makes_no_load_balancer_before_there_is_a_service" {
  command = plan
  variables {
    services = {}
  }
  assert {
    condition     = length(google_compute_url_map.this) == 0 && length(google_compute_global_address.this) == 0
    error_message = "Without services nothing is public."
  }
}

run "makes_records_in_a_zone_that_is_there" {
  command = plan
  variables {
    dns_zone = "example-com"
  }
  assert {
    condition     = length(google_dns_record_set.address) == 4 && length(google_dns_record_set.authorization) == 2 && length(google_dns_managed_zone.this) == 0
    error_message = "Each domain needs both addresses and the proof of its certificate."
  }
}

run "makes_a_zone" {
  command = plan
  variables {
    dns_name = "sts.example.com"
  }
  assert {
    condition     = google_dns_managed_zone.this[0].dns_name == "sts.example.com." && google_dns_managed_zone.this[0].dnssec_config[0].state == "on"
    error_message = "The zone has to be signed."
  }
}

run "refuses_a_domain_with_a_scheme" {
  command = plan
  variables {
    services = { "https://sts.example.com" = "github-sts" }
  }
  expect_failures = [var.services]
}

run "refuses_a_service_for_two_domains" {
  command = plan
  variables {
    services = { "sts.example.com" = "github-sts", "tokens.example.com" = "github-sts" }
  }
  expect_failures = [var.services]
}

run "refuses_a_domain_outside_the_zone" {
  command = plan
  variables {
    dns_name = "example.org"
  }
  expect_failures = [var.dns_name]
}

run "refuses_two_zones" {
  command = plan
  variables {
    dns_name = "sts.example.com"
    dns_zone = "example-com"
  }
  expect_failures = [var.dns_name]
}

run "refuses_a_region_without_a_network" {
  command = plan
  variables {
    networks = { europe-west1 = { network = "n", subnet = "e" } }
  }
  expect_failures = [var.networks]
}

run "refuses_a_subnetwork_that_is_too_small" {
  command = plan
  variables {
    cidrs = { europe-west1 = "10.0.0.0/24", us-central1 = "10.0.1.0/27" }
  }
  expect_failures = [var.cidrs]
}

run "refuses_the_same_addresses_twice" {
  command = plan
  variables {
    cidrs = { europe-west1 = "10.0.0.0/24", us-central1 = "10.0.0.0/24" }
  }
  expect_failures = [var.cidrs]
}

run "refuses_to_choose_addresses_for_several_regions" {
  command = plan
  variables {
    cidrs = { us-central1 = "10.0.1.0/24" }
  }
  expect_failures = [var.cidrs]
}

run "leaves_a_subnetwork_as_it_is_whatever_is_before_its_region" {
  command = plan
  variables {
    regions = ["us-central1"]
  }
  assert {
    condition     = { for region, subnetwork in google_compute_subnetwork.this : region => subnetwork.ip_cidr_range } == { us-central1 = "10.0.1.0/24" }
    error_message = "Services have addresses in it."
  }
}

run "has_addresses_for_a_region_that_is_alone" {
  command = plan
  variables {
    regions = ["us-central1"]
    cidrs   = {}
  }
  assert {
    condition     = google_compute_subnetwork.this["us-central1"].ip_cidr_range == "10.0.0.0/24"
    error_message = "The first region needs no more than its name."
  }
}

run "goes_on_with_a_service_under_another_domain" {
  command = plan
  variables {
    services = { "tokens.example.org" = "github-sts", "webhook.tokens.example.org" = "github-sts-webhook" }
  }
  assert {
    condition = alltrue([
      for names in [
        keys(google_compute_backend_service.this), keys(google_certificate_manager_certificate.this),
        keys(google_certificate_manager_dns_authorization.this), keys(google_certificate_manager_certificate_map_entry.this),
      ] : join(",", names) == "github-sts,github-sts-webhook"
    ])
    error_message = "What has the name of the service must not be deleted and made under another key at the same time."
  }
  assert {
    condition     = google_certificate_manager_certificate_map_entry.this["github-sts"].hostname == "tokens.example.org"
    error_message = "The certificate has to be that of the domain."
  }
}

run "puts_a_policy_before_each_service" {
  command = plan
  variables {
    security_policy = "projects/acme-sts/global/securityPolicies/sts"
  }
  assert {
    condition     = alltrue([for service in values(google_compute_backend_service.this) : service.security_policy == "projects/acme-sts/global/securityPolicies/sts"])
    error_message = "A policy has to hold for every service."
  }
}

run "refuses_a_region_twice" {
  command = plan
  variables {
    regions = ["europe-west1", "europe-west1"]
  }
  expect_failures = [var.regions]
}
