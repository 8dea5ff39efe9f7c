auto = true

plugins {
  dir = "../../bin/plugins" # made by: make build
}

# Several keys are for teams, separate budgets and replacing one without a pause. Most providers count free
# limits by account, and some forbid getting round them with more keys: read their terms.
provider "groq" {
  settings {
    base_url = env("GROQ_BASE_URL", "https://api.groq.com/openai/v1")
  }
  key "first" {
    value       = env("GROQ_API_KEY")
    daily_limit = 1000
  }
  key "second" {
    value       = env("GROQ_API_KEY_2")
    daily_limit = 1000
  }
  key "spare" {
    value       = env("GROQ_API_KEY_3")
    daily_limit = 100
  }
  model "openai/gpt-oss-20b" {}
}
