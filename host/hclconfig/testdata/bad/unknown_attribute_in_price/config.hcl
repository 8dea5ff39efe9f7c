provider "groq" {
  key "main" {
    value = env("SET")
  }
  model "fast" {
    price {
      input   = 0.15
      ouptut  = 0.6
      per_day = 1
    }
  }
}
