terraform {
  required_version = ">= 1.9, < 2.0"

  required_providers {
    google = {
      source  = "hashicorp/google"
      version = ">= 6.50, < 8.0"
    }
  }

  # Nothing in the state is secret; who can write to it can still change what is deployed.
  # backend "gcs" {
  #   bucket = "acme-sts-terraform"
  #   prefix = "github-sts"
  # }
}

provider "google" {
  project = var.project_id
}
