auto = true

plugins {
  dir = "../../bin/plugins" # made by: make build
}

# Models are passed over when their features lack what a request needs; without a list they are tried.

provider "groq" {
  priority = 20
  settings {
    base_url = env("GROQ_BASE_URL", "https://api.groq.com/openai/v1")
  }
  key "main" {
    value = env("GROQ_API_KEY")
  }
  model "openai/gpt-oss-120b" {
    priority = 20
    features = ["tools", "json_schema", "reasoning"]
  }
  model "qwen/qwen3.8-27b" {
    priority = 10
    features = ["tools", "vision"]
  }
}

provider "googleai" {
  priority = 10
  settings {
    base_url = env("GOOGLE_BASE_URL", "https://generativelanguage.googleapis.com")
  }
  key "main" {
    value = env("GOOGLE_API_KEY")
  }
  model "gemini-flash-latest" {
    features = ["tools", "vision", "audio", "video", "files", "json_schema", "reasoning"]
  }
}
