import './fonts.css';
import './theme.css';
import { mount } from 'svelte';
import App from './App.svelte';
import { connect } from './link/connect';

const target = document.getElementById('app');
if (target === null) throw new Error('the page has no #app');
mount(App, { target, props: { link: connect() } });
