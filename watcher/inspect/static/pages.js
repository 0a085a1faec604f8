// Says on a page of pictures what a blank space means: nothing there, or a question that took too long.
// The charts ask in the order in which they stand, so the n-th question belongs to the n-th space.
(() => {
  const ask = window.fetch
  let asked = 0
  window.fetch = async (...question) => {
    const place = asked++
    const answer = await ask(...question)
    const told = await answer.clone().json().catch(() => ({}))
    const space = document.querySelectorAll('.dashboard-card-chart, .chart-container')[place]
    if (space && told.ok === false) {
      say(space, 'Stopped: this takes longer than two seconds. Choose a later “Since”.')
    } else if (space && told.rows && told.rows.length === 0) {
      say(space, 'Nothing here yet.')
    }
    if (!told.rows || told.rows.length === 0) {
      return new Promise(() => {}) // no chart is drawn over the sentence
    }
    return answer
  }

  function say(space, words) {
    const line = document.createElement('p')
    line.className = 'watcher-note'
    line.textContent = words
    space.appendChild(line)
  }
})()
