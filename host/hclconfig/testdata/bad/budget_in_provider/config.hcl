provider "groq" {
  key "main" {
    value = env("SET")
  }
  model "fast" {}
  retry {
    budget_ratio = 0.1
  }

}
