auto = true

plugins {
  dir = "../../bin/plugins" # made by: make build
}

provider "groq" {
  priority = 10
  settings {
    base_url = env("GROQ_BASE_URL", "https://api.groq.com/openai/v1")
  }
  key "main" {
    value = env("GROQ_API_KEY")
  }
  model "openai/gpt-oss-20b" {}
}

# The provider "apology" of last resort is part of the program: see apology.go.
